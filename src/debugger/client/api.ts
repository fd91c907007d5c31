/** Talks to the server: every action is a POST of JSON with the page's token. */

import { type Actions, type PageData, PREFIX, PROOF_HEADER, type Refusal, TOKEN_HEADER } from '../protocol.ts'

/** An answer, or why there is none. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal; readonly status: number }

export interface Api {
  readonly data: PageData
  post<A extends keyof Actions>(action: A, body: Actions[A]['request']): Promise<Reply<Actions[A]['answer']>>
}

/** The data the server put into the page; undefined in a page that was saved or is not trusted. */
export function readPageData(): PageData | undefined {
  try {
    return JSON.parse(document.getElementById('rocksolid-data')?.textContent ?? '') as PageData
  } catch {
    return undefined
  }
}

export function makeApi(data: PageData): Api {
  const proof = keptProof()
  return {
    data,
    async post<A extends keyof Actions>(
      action: A,
      body: Actions[A]['request'],
    ): Promise<Reply<Actions[A]['answer']>> {
      try {
        const response = await fetch(`${data.base ?? ''}${PREFIX}/${action}`, {
          method: 'POST',
          credentials: 'same-origin',
          headers: {
            'content-type': 'application/json',
            [TOKEN_HEADER]: data.token,
            [PROOF_HEADER]: proof.read(),
          },
          body: JSON.stringify(body),
        })
        const value = (await response.json()) as Actions[A]['answer'] & Refusal
        if (response.ok && 'proof' in value) proof.keep(value.proof)
        if (response.ok) return { ok: true, value }
        return { ok: false, status: response.status, refusal: value }
      } catch {
        const explanation = 'It may be restarting. Reload the page when it is back.'
        return { ok: false, status: 0, refusal: { error: 'The server does not answer', explanation } }
      }
    },
  }
}

const PROOF_KEY = 'rocksolid.proof'

/** The half of the session that other ports of the host never see: kept in this origin's storage, for all its tabs. */
function keptProof(): { read(): string; keep(proof: string): void } {
  let own = ''
  return {
    read() {
      try {
        return localStorage.getItem(PROOF_KEY) ?? own
      } catch {
        return own
      }
    },
    keep(proof) {
      own = proof
      try {
        localStorage.setItem(PROOF_KEY, proof)
      } catch {
        // Then it holds for this page only.
      }
    },
  }
}
