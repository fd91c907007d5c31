/** Flags that the command line passes on to the runtime. */

/** The options they come from. */
interface PassedOptions {
  readonly 'env-file': readonly string[]
  readonly import: readonly string[]
  readonly require: readonly string[]
  readonly conditions: readonly string[]
  readonly 'node-option': readonly string[]
  readonly inspect?: string | true | undefined
  readonly 'inspect-brk'?: string | true | undefined
  readonly 'inspect-wait'?: string | true | undefined
}

/** As the runtime takes them. */
export function nodeArgs(options: PassedOptions): readonly string[] {
  const inspect = (['inspect', 'inspect-brk', 'inspect-wait'] as const).flatMap((name) => {
    const value = options[name]
    return value === undefined ? [] : [value === true ? `--${name}` : `--${name}=${value}`]
  })
  return [
    ...inspect,
    ...options['env-file'].map((file) => `--env-file=${file}`),
    ...options.import.map((module) => `--import=${module}`),
    ...options.require.map((module) => `--require=${module}`),
    ...options.conditions.map((name) => `--conditions=${name}`),
    ...options['node-option'],
  ]
}
