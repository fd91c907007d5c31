/** The table of docs/dev-runner.md, from the scenarios that the tests run. */

const BEGIN = '<!-- scenarios: written by npm run docs -->'
const END = '<!-- end of scenarios -->'

/** The page with its table written anew; `scenarios` is the source of test/dev/scenarios.ts. */
export function withScenarios(page: string, scenarios: string): string {
  const rows = [...scenarios.matchAll(/title:\s*'([^']+)'/g)].map(([, title = '']) => {
    const [what = '', ...then] = title.replaceAll('*', '\\*').split(': ')
    return `| ${what} | ${then.join(': ') || 'new code answers'} |`
  })
  const table = ['| | what happens |', '| --- | --- |', ...rows].join('\n')
  const [before = '', rest = ''] = page.split(BEGIN)
  const after = rest.split(END)[1] ?? ''
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`
}
