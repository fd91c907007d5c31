export const dynamic = 'force-dynamic'

/** Never ends by itself. */
export function GET() {
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('begun '))
      },
    }),
  )
}
