/** `rocksolid/morgan`: morgan's interface; `require` gives the function itself. */

export { morgan as default } from './access/morgan/morgan.ts'
