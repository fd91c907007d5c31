export const dynamic = 'force-dynamic'

export async function GET(request) {
  const id = new URL(request.url).searchParams.get('id')
  const local = `local of ${id}`
  throw new TypeError(`route ${id}`, local === '' ? {} : undefined)
}
