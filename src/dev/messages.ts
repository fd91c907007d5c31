/** What the process that watches and the processes that serve say to each other over Node's IPC channel. */

/** The environment variable by which a process is told, once, how it was started. */
export const CHILD_VARIABLE = 'ROCKSOLID_DEV_CHILD'

/** A socket that outlives the processes: it is bound once, and each process is given it. */
export interface InheritedSocket {
  /** As the application asked for it; see listenKey. */
  readonly key: string
  readonly fd: number
}

/** What a process is told when it starts. */
export interface ChildStart {
  /** Names this start; a page made by another one is out of date. */
  readonly boot: string
  readonly sockets: readonly InheritedSocket[]
  /** Put the overlay into HTML responses. */
  readonly overlay: boolean
  /** Show what the application prints by `console.log` and its kind. */
  readonly prints: boolean
  /** Tell what files are read. */
  readonly reportFiles: boolean
  /** Milliseconds that requests in flight get to finish. */
  readonly graceMs: number
  /** One of several: a socket is asked for before it is bound. */
  readonly isWorker: boolean
  /** Started before it is needed: the application is loaded when `go` comes. */
  readonly isSpare: boolean
  /** An earlier process has served: who it is for knows the PIN. */
  readonly isAgain: boolean
  /** Of the link that unlocks the debugger; '' where each process makes its own. */
  readonly key: string
  /** Ports that earlier processes have served, and printed that link for. */
  readonly toldPorts: readonly number[]
  /** What it prints goes on to a terminal, by way of its owner. */
  readonly isTerminal: boolean
  /** Ports that this process's owner listens on for it, by the key of the socket; undefined where it binds itself. */
  readonly gates?: Readonly<Record<string, number>>
  /** Why the application does not run, for the process that serves the error in its place. */
  readonly failure?: ShownFailure
}

/** What is shown in the application's place. */
export interface ShownFailure extends Failure {
  /** Where the application runs. */
  readonly folder: string
}

/** An error as it leaves its process: plain, bounded. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly code?: string
  /** Of a module that was not found. */
  readonly url?: string
  readonly cause?: Failure
  /** Whether the application had begun to listen. */
  readonly wasListening: boolean
  /** Files of the application loaded before it failed, last first; a syntax error of an ES module names none itself. */
  readonly loaded: readonly string[]
}

/** From a serving process. Node's own `watch:import` and `watch:require` come beside them. */
export type ChildMessage =
  /** A server listens. A handle comes along when the socket is new. */
  | {
      readonly rocksolid: 'listening'
      readonly key: string
      readonly address: string
      readonly isTls: boolean
    }
  /** It listens on `port` of this machine, for what comes to the socket of `key`, whose port is `wanted`. */
  | {
      readonly rocksolid: 'behind'
      readonly key: string
      readonly wanted: number
      readonly port: number
      readonly isTls: boolean
    }
  /** A port is wanted that a socket of an earlier process holds under another key. */
  | { readonly rocksolid: 'release'; readonly port: number }
  /** A worker is about to bind a socket. */
  | { readonly rocksolid: 'want'; readonly key: string }
  /** A connection that rests between two requests, as a handle. */
  | { readonly rocksolid: 'connection'; readonly key: string }
  /** `at`: when the first of them was read, in milliseconds of the clock. */
  | {
      readonly rocksolid: 'read'
      readonly files: readonly string[]
      readonly streamed: readonly string[]
      readonly at: number
    }
  | { readonly rocksolid: 'written'; readonly files: readonly string[] }
  | { readonly rocksolid: 'failed'; readonly failure: Failure }
  /** Nothing is in flight any more. */
  | { readonly rocksolid: 'drained' }
  | { readonly rocksolid: 'stdin' }

/** To a serving process. */
export type ParentMessage =
  | { readonly rocksolid: 'connection'; readonly key: string }
  | { readonly rocksolid: 'released'; readonly port: number }
  /** Its owner listens for it there, or cannot because of `code`. */
  | {
      readonly rocksolid: 'gate'
      readonly key: string
      readonly host: string
      readonly port: number
      readonly code?: string
    }
  /** Comes with the socket's handle, or without: then it is to be bound. */
  | { readonly rocksolid: 'given'; readonly key: string }
  /** To a spare process: load the application now. */
  | { readonly rocksolid: 'go' }
  /** Sockets it was given and has not asked for are nobody's any more. */
  | { readonly rocksolid: 'unclaimed' }
  /** Give sockets and connections away, finish what is in flight. */
  | { readonly rocksolid: 'drain' }
  /** End as the signal asks, but finish what is in flight first. */
  | { readonly rocksolid: 'stop'; readonly signal: NodeJS.Signals }
  /** Files changed that need no restart. */
  | { readonly rocksolid: 'changed'; readonly styles: readonly string[]; readonly page: boolean }

/** Whether an IPC message is one of ours. */
export function isOurs(message: unknown): message is { readonly rocksolid: string } {
  return typeof message === 'object' && message !== null && 'rocksolid' in message
}
