export const dynamic = 'force-dynamic'

export async function GET() {
  try {
    JSON.parse('{')
  } catch {
    return new Response('try again later', { status: 503 })
  }
}
