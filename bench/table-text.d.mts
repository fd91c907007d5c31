export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}

/** `null` stands for nothing measured. */
export type Cell = string | number | Spread | null

export interface TableData {
  readonly columns: readonly { readonly name: string; readonly digits?: number }[]
  readonly rows: readonly (readonly Cell[])[]
}

/** A table as Markdown. */
export function tableText(table: TableData): string
