/** The blocks of docs/article.md that show an example: a fence that names a file holds that file. */

/** The page with its examples written anew. @param read gives the text of a file by its path in the repository */
export function withExamples(page: string, read: (path: string) => string): string {
  return page.replaceAll(
    /^(```js (examples\/\S+)\n)[\s\S]*?^```$/gm,
    (_block, fence: string, path: string) => `${fence}${read(path).trimEnd()}\n\`\`\``,
  )
}
