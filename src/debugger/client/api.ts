/** Talks to the server: every action is a POST of JSON with the page's token. */

import { type Actions, type PageData, PREFIX, type Refusal, TOKEN_HEADER } from '../protocol.ts'

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
  return {
    data,
    async post<A extends keyof Actions>(
      action: A,
      body: Actions[A]['request'],
    ): Promise<Reply<Actions[A]['answer']>> {
      try {
        const response = await fetch(`${PREFIX}/${action}`, {
          method: 'POST',
          credentials: 'same-origin',
          headers: { 'content-type': 'application/json', [TOKEN_HEADER]: data.token },
          body: JSON.stringify(body),
        })
        const value = (await response.json()) as Actions[A]['answer'] & Refusal
        if (response.ok) return { ok: true, value }
        return { ok: false, status: response.status, refusal: value }
      } catch {
        const explanation = 'It may be restarting. Reload the page when it is back.'
        return { ok: false, status: 0, refusal: { error: 'The server does not answer', explanation } }
      }
    },
  }
}
