import { createElement } from 'react'

export const dynamic = 'force-dynamic'

export default async function Page({ searchParams }) {
  const { id } = await searchParams
  console.log(`printed by ${id}`)
  return createElement('p', null, `hello ${id}`)
}
