/**
 * What a debugger needs from its first error on, or from the first of its pages that is opened: behind one import,
 * since each file loaded on its own delays the first page.
 */

export { buildReport } from '../report/build-report.ts'
export { COPY_FORMS, handOver } from '../report/hand-over.ts'
export { reportToProblem } from '../report/render-json.ts'
export { renderText } from '../report/render-text.ts'
export { errorPage, reportAnswer } from './answer-error.ts'
export { errorScopes } from './capture/frame-scopes.ts'
export { frameValues } from './frame-values.ts'
export { assetAnswer } from './pages/assets.ts'
export { consolePage } from './pages/console-page.ts'
export { listPage } from './pages/list-page.ts'
export { savedPage } from './pages/saved-page.ts'
