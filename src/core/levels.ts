/** The levels that the access log and the logger share; a line of the one is a record of the other. */

/** From least to most severe. The numbers leave room for levels of one's own between them. */
export const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const

/** A name of {@link LEVELS}. */
export type Level = keyof typeof LEVELS
