/** Links that open a file in an editor, for the page and for terminals that know hyperlinks. */

/** A place in a file. */
export interface EditorPlace {
  readonly file: string
  readonly line: number | undefined
  readonly column: number | undefined
}

/** Rewrites paths that differ between where the code runs and where the editor does: containers, remote machines. */
export type PathMap = Readonly<Record<string, string>>

const AT = '{file}:{line}:{column}'
const JETBRAINS = 'open?file={query}&line={line}&column={column}'

/** Templates by name. `{file}` is the path percent-encoded but for slashes and colons, `{query}` for use after `?`. */
export const EDITORS = {
  vscode: `vscode://file{slash}${AT}`,
  'vscode-insiders': `vscode-insiders://file{slash}${AT}`,
  vscodium: `vscodium://file{slash}${AT}`,
  cursor: `cursor://file{slash}${AT}`,
  windsurf: `windsurf://file{slash}${AT}`,
  kiro: `kiro://file{slash}${AT}`,
  trae: `trae://file{slash}${AT}`,
  antigravity: `antigravity://file{slash}${AT}`,
  zed: `zed://file{slash}${AT}`,
  fleet: `fleet://open?file={query}&line={line}&column={column}`,
  idea: `idea://${JETBRAINS}`,
  webstorm: `webstorm://${JETBRAINS}`,
  phpstorm: `phpstorm://${JETBRAINS}`,
  pycharm: `pycharm://${JETBRAINS}`,
  rubymine: `rubymine://${JETBRAINS}`,
  goland: `goland://${JETBRAINS}`,
  rider: `rider://${JETBRAINS}`,
  clion: `clion://${JETBRAINS}`,
  appcode: `appcode://${JETBRAINS}`,
  sublime: 'subl://open?url=file://{query}&line={line}&column={column}',
  textmate: 'txmt://open?url=file://{query}&line={line}&column={column}',
  nova: 'nova://open?path={query}&line={line}&column={column}',
  atom: 'atom://core/open/file?filename={query}&line={line}&column={column}',
  brackets: 'brackets://open?file={query}&line={line}',
  emacs: 'emacs://open?url=file://{query}&line={line}&column={column}',
  macvim: 'mvim://open?url=file://{query}&line={line}&column={column}',
  gvim: 'gvim://open?url=file://{query}&line={line}&column={column}',
  neovim: 'nvim://open?url=file://{query}&line={line}&column={column}',
  'notepad++': 'notepad++://open?file={query}&line={line}',
  netbeans: 'netbeans://open?f={query}:{line}',
  espresso: 'x-espresso://open?filepath={query}&lines={line}',
} as const satisfies Readonly<Record<string, string>>

/** Commands under which editors are started, where they differ from the name. */
const COMMANDS: Readonly<Record<string, string>> = {
  code: 'vscode',
  'code-insiders': 'vscode-insiders',
  codium: 'vscodium',
  subl: 'sublime',
  sublime_text: 'sublime',
  mate: 'textmate',
  mvim: 'macvim',
  nvim: 'neovim',
  emacsclient: 'emacs',
  intellij: 'idea',
  pstorm: 'phpstorm',
  charm: 'pycharm',
  mine: 'rubymine',
  wstorm: 'webstorm',
}

/** Schemes that a template may never have: they would run code in the page. */
const FORBIDDEN = /^(?:javascript|data|vbscript|blob|about|view-source):/i

/**
 * The editor's template: a name of {@link EDITORS}, a command such as `code --wait`, or a template of one's own that
 * begins with a scheme and holds `{file}` or `{query}`. Undefined when it is none of these.
 */
export function editorTemplate(editor: string): string | undefined {
  const command =
    /([^\\/\s]{1,40}?)(?:\.exe)?$/i.exec(editor.trim().split(/\s/, 1)[0] ?? '')?.[1]?.toLowerCase() ?? ''
  const name = COMMANDS[command] ?? command
  if (Object.hasOwn(EDITORS, name) && !editor.includes('://')) return EDITORS[name as keyof typeof EDITORS]
  const isTemplate = /^[a-z][a-z0-9+.-]{1,40}:/i.test(editor) && /\{(?:file|query)\}/.test(editor)
  return isTemplate && !FORBIDDEN.test(editor) ? editor : undefined
}

const VARIABLES = ['ROCKSOLID_EDITOR', 'LAUNCH_EDITOR', 'REACT_EDITOR', 'VISUAL', 'EDITOR'] as const

/**
 * The template of the editor that the environment names: the first of ROCKSOLID_EDITOR, LAUNCH_EDITOR, REACT_EDITOR,
 * VISUAL and EDITOR that is known, else the editor whose terminal this is.
 */
export function detectEditor(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  for (const variable of VARIABLES) {
    const template = editorTemplate(env[variable] ?? '')
    if (template !== undefined) return template
  }
  if (env.CURSOR_TRACE_ID !== undefined) return EDITORS.cursor
  if (env.ZED_TERM === 'true' || env.TERM_PROGRAM === 'zed') return EDITORS.zed
  if (env.TERMINAL_EMULATOR?.startsWith('JetBrains') === true) return EDITORS.idea
  return env.TERM_PROGRAM === 'vscode' ? EDITORS.vscode : undefined
}

/** The link to a place; undefined for what is no file, such as the runtime's own, and for schemes that run code. */
export function editorLink(template: string, place: EditorPlace, paths: PathMap = {}): string | undefined {
  const file = mapPath(place.file, paths)
  const isAbsolute = file.startsWith('/') || /^[A-Za-z]:[\\/]/.test(file)
  if (!isAbsolute || file.startsWith('//') || FORBIDDEN.test(template.trim())) return undefined
  const path = file.replaceAll('\\', '/')
  const values: Readonly<Record<string, string>> = {
    // `file/C:/x` on Windows, `file/x` elsewhere.
    slash: path.startsWith('/') ? '' : '/',
    file: encodePath(path),
    query: encode(path),
    line: String(place.line ?? 1),
    column: String(place.column ?? 1),
  }
  return template.replace(/\{(slash|file|query|line|column)\}/g, (_whole, name: string) => values[name] ?? '')
}

const encodePath = (path: string): string => path.split('/').map(encode).join('/').replaceAll('%3A', ':')

/** Halves of a surrogate pair alone, which a stack may well hold, cannot be encoded. */
const encode = (text: string): string =>
  encodeURIComponent(
    text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'),
  )

/** The longest prefix of whole path parts decides. */
function mapPath(file: string, paths: PathMap): string {
  let best: string | undefined
  for (const from of Object.keys(paths)) {
    const prefix = from.replace(/[\\/]$/, '')
    const isInside = file === prefix || file.startsWith(`${prefix}/`) || file.startsWith(`${prefix}\\`)
    if (isInside && prefix.length > (best?.replace(/[\\/]$/, '').length ?? -1)) best = from
  }
  if (best === undefined) return file
  return (paths[best] ?? '').replace(/[\\/]$/, '') + file.slice(best.replace(/[\\/]$/, '').length)
}
