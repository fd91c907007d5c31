/** The table of docs/reference/support.md: the packages that an installation brings, from package-lock.json. */

const BEGIN = '<!-- dependencies: written by npm run docs -->'
const END = '<!-- end of dependencies -->'

/** What is used of package-lock.json. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>
}

interface LockEntry {
  readonly version?: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** A package that is installed with this one. */
export interface Dependency {
  readonly name: string
  readonly version: string
  readonly license: string
  /** The packages that ask for it. */
  readonly by: readonly string[]
}

/** All packages that an installation brings, by name. */
export function dependenciesOf({ packages }: Lock): readonly Dependency[] {
  const found = new Map<string, string[]>()
  const visit = (path: string, by: string): void => {
    for (const name of Object.keys(packages[path]?.dependencies ?? {})) {
      const place = [`${path}/node_modules/${name}`, `node_modules/${name}`].find((one) => one in packages)
      if (place === undefined) throw new Error(`${name}, needed by ${by}, is not in the lock file`)
      const known = found.get(place)
      if (known !== undefined) {
        known.push(by)
        continue
      }
      found.set(place, [by])
      visit(place, name)
    }
  }
  visit('', 'rocksolid')
  return [...found]
    .map(([place, by]) => ({
      name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: packages[place]?.version ?? '',
      license: packages[place]?.license ?? 'unknown',
      by: by.sort(),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** The page with its table written anew. */
export function withDependencies(page: string, lock: Lock): string {
  const rows = dependenciesOf(lock).map(
    ({ name, version, license, by }) => `| ${name} | ${version} | ${license} | ${by.join(', ')} |`,
  )
  const table = ['| package | version | licence | needed by |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  )
  const [before = '', rest = ''] = page.split(BEGIN)
  return `${before}${BEGIN}\n\n${table}\n\n${END}${rest.split(END)[1] ?? ''}`
}
