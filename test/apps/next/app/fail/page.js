export const dynamic = 'force-dynamic'

export default async function Page({ searchParams }) {
  const { id } = await searchParams
  const local = `local of ${id}`
  throw new TypeError(`page ${id}`, local === '' ? {} : undefined)
}
