import { defineConfig } from 'tsup'

/**
 * One build of every door: ESM and CommonJS with shared chunks, and types. No source maps: the output is readable as it
 * is, and they would be two thirds of the package.
 */
export default defineConfig({
  entry: [
    'src/index.ts',
    'src/access.ts',
    'src/cli.ts',
    'src/debugger.ts',
    'src/dev.ts',
    'src/logger.ts',
    'src/morgan.ts',
    'src/register.ts',
    'src/express.ts',
    'src/koa.ts',
    'src/fastify.ts',
    'src/hapi.ts',
    'src/hono.ts',
    'src/h3.ts',
    'src/nest.ts',
    'src/fetch.ts',
    // Loaded by path in the processes the runner starts.
    'src/dev/child/preload.ts',
    'src/dev/broken/server.ts',
    // Apart from all others, because its functions are on the stack of every throw; see there.
    'src/debugger/passage.ts',
  ],
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  dts: true,
  // What went into which file, for the tests; no part of the package.
  metafile: true,
  clean: true,
  splitting: true,
  // `require('rocksolid/morgan')` is the function itself, as `require('morgan')` is.
  cjsInterop: true,
  // Plain splitting rewrites CommonJS output with a second compiler that renames classes;
  // tree-shaking through Rollup keeps names, native syntax and one copy of shared state.
  treeshake: 'safest',
})
