import { describe, expect, it } from 'vitest'
import { noteRegistration, registrationOf } from '../../src/stack/registrations.ts'

/** Stands for a function of this package that the application calls. */
function register(handler: object): void {
  noteRegistration(handler, register)
}

describe('registrationOf', () => {
  it('tells where the application registered a handler', async () => {
    const handler = () => {}
    register(handler)
    const frame = await registrationOf(handler)
    expect(frame?.file).toBe(import.meta.filename)
    expect(frame?.line).toBe(12)
    expect(frame?.kind).toBe('app')
  })

  it('tells nothing of what nobody registered', async () => {
    expect(await registrationOf(() => {})).toBeUndefined()
  })

  it('keeps nothing alive', async () => {
    const { execFile } = await import('node:child_process')
    const { promisify } = await import('node:util')
    const url = new URL('../../src/stack/registrations.ts', import.meta.url).href
    const program = `
      import { noteRegistration } from ${JSON.stringify(url)}
      const refs = []
      function register() {
        const big = { data: new Array(1e5).fill(1) }
        const handler = () => big
        noteRegistration(handler, register)
        refs.push(new WeakRef(handler))
      }
      for (let n = 0; n < 20; n++) register()
      await new Promise((resolve) => setTimeout(resolve, 20))
      gc()
      await new Promise((resolve) => setTimeout(resolve, 20))
      gc()
      console.log(refs.filter((ref) => ref.deref() !== undefined).length)
    `
    const args = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: new URL('../..', import.meta.url),
    })
    expect(Number(stdout)).toBeLessThanOrEqual(1)
  })
})
