/** The page docs/reference/tokens.md, out of the tables that the access log itself uses. */

import type { Field } from '../../src/access/field.ts'
import { FIELD_GROUPS } from '../../src/access/fields.ts'
import { APACHE_DIRECTIVES, apacheDirective, SSL_VARIABLES } from '../../src/access/parse-apache.ts'
import { NGINX_VARIABLES, nginxVariable } from '../../src/access/parse-nginx.ts'
import { PYTHON_NAMES } from '../../src/access/parse-python.ts'
import { COMPUTED_PRESETS, PRESETS } from '../../src/access/presets.ts'

/** The whole page as Markdown. */
export function tokensPage(): string {
  return [
    '# Fields and formats of the access log',
    '',
    'This page is written by `npm run docs` from the source. How formats are used: [the access log](../access.md).',
    '',
    'Every field can be named in every syntax by its own name: `:name[argument]` (morgan), `%(name[argument])s`',
    '(Python), `%{name[argument]}x` (Apache), `$name_with_underscores` (nginx), `name[argument]` (JSON schemas).',
    'The columns give the names that the syntaxes have for it themselves.',
    '',
    ...FIELD_GROUPS.flatMap(({ title, fields }) => [`## ${title}`, '', ...table(fields), '']),
    '## Named formats',
    '',
    '| name | format |',
    '| --- | --- |',
    ...Object.entries(PRESETS).map(
      ([name, { about, format }]) => `| \`${name}\` | ${cell(about)}<br>${code(format)} |`,
    ),
    ...Object.entries(COMPUTED_PRESETS).map(([name, about]) => `| \`${name}\` | ${cell(about)} |`),
    '',
    '## What the syntaxes share with their origin',
    '',
    '- **Apache**: modifiers in any order: `%400,501{User-agent}i` and `%!200,304{Referer}i` for statuses, `%<` as',
    '  received and `%>` after rewriting, `%{begin:…}t`, `%{end:…}t`, `%{us}T`. `\\n`, `\\t`, `\\\\` and `\\"` in the text.',
    '- **Python**: flags `-`, `0`, `+`, space, `#`, width, precision, and the conversions `s d i o u x X e E f F g G r a`.',
    "  `%(HTTP_X_ANY)s` is the request header `X-Any`. gunicorn’s atoms with `syntax: 'gunicorn'`.",
    '- **morgan**: `::` is a literal colon.',
    '- **nginx**: `$http_…`, `$sent_http_…`, `$sent_trailer_…`, `$cookie_…`, `$arg_…`; `$upstream_…` is `-`.',
    '',
  ].join('\n')
}

function table(fields: readonly Field[]): string[] {
  return [
    '| field | what it tells | Apache | Python | gunicorn | nginx |',
    '| --- | --- | --- | --- | --- | --- |',
    ...fields.map((field) => {
      const argument = field.argument === undefined ? '' : ` Argument: ${field.argument.about}.`
      const cells = [
        `\`${field.name}\``,
        cell(field.about + argument),
        spelled(APACHE_NAMES, field.name),
        spelled(pythonNames(PYTHON_NAMES.cgi), field.name),
        spelled(pythonNames(PYTHON_NAMES.gunicorn), field.name),
        spelled(NGINX_NAMES, field.name),
      ]
      return `| ${cells.join(' | ')} |`
    }),
  ]
}

/** Spelling and the field it names. */
type Names = readonly (readonly [string, string])[]

const BRACES: Readonly<Record<string, readonly string[]>> = {
  a: ['c'],
  c: ['version', 'cipher', 'subjectdn'],
  L: ['c'],
  p: ['local', 'remote'],
  P: ['tid'],
  T: ['ms', 'us'],
}

const APACHE_NAMES: Names = [
  ...APACHE_DIRECTIVES.flatMap((letter): Names => {
    const needsName = ['C', 'e', 'i', 'n', 'o', '^ti', '^to'].includes(letter)
    const bare = needsName ? undefined : letter === 'x' ? undefined : apacheDirective(letter)
    const named = needsName ? apacheDirective(letter, 'Name') : undefined
    return [
      ...(bare === undefined ? [] : [[`%${letter}`, bare.field.name] as const]),
      ...(named === undefined ? [] : [[`%{Name}${letter}`, named.field.name] as const]),
      ...(BRACES[letter] ?? []).flatMap((argument): Names => {
        const made = apacheDirective(letter, argument)
        return made === undefined ? [] : [[`%{${argument}}${letter}`, made.field.name]]
      }),
    ]
  }),
  ['%>U', 'final-path'],
  ['%>r', 'final-request-line'],
  ['%{Content-Type}o', 'content-type'],
  ['%{end:…}t', 'end-time'],
  ...Object.entries(SSL_VARIABLES).map(([name, field]) => [`%{${name}}x`, field] as const),
]

const NGINX_NAMES: Names = [
  ...NGINX_VARIABLES.map((name) => [`$${name}`, nginxVariable(name)?.field.name ?? ''] as const),
  ['$http_name', 'req'],
  ['$sent_http_name', 'res'],
  ['$sent_trailer_name', 'res-trailer'],
  ['$cookie_name', 'cookie'],
  ['$arg_name', 'arg'],
]

function pythonNames(names: Readonly<Record<string, readonly [string, ...unknown[]]>>): Names {
  return Object.entries(names).map(([name, [field]]) => [`%(${name})s`, field] as const)
}

function spelled(names: Names, field: string): string {
  return names
    .filter(([, one]) => one === field)
    .map(([name]) => code(name))
    .join(' ')
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``

const cell = (text: string): string => text.replaceAll('|', '\\|')
