#!/usr/bin/env node
/** The command `rocksolid`. */

import { main } from './dev/cli.ts'

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
