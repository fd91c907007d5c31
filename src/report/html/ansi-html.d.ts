/** What this package uses of ansi-html, which ships no types. */
declare module 'ansi-html' {
  interface AnsiHtml {
    /** Turns `ESC[<n>m` into elements; escapes nothing. */
    (text: string): string
    /** The styles by code, as they are now; an application may have changed them. */
    readonly tags: { readonly open: Readonly<Record<string, string>> }
  }
  const ansiHtml: AnsiHtml
  export default ansiHtml
}
