/**
 * Building a report and every form of it behind one import, for whoever loads them with the first error: one file is
 * read many times faster than one for each.
 */

export { buildReport } from './build-report.ts'
export { renderHtml } from './render-html.ts'
export { reportToProblem } from './render-json.ts'
export { renderMarkdown } from './render-markdown.ts'
export { renderText } from './render-text.ts'
