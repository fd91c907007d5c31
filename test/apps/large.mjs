// A function that is too long to be hidden for one kind of error that it handles.

/** May fail for many reasons, of which it handles one. */
export function large(order) {
  let options
  try {
    options = JSON.parse('{no json')
  } catch {
    options = {}
  }
  const lines = []
  lines.push(options.first)
  lines.push(options.second)
  lines.push(options.third)
  lines.push(options.fourth)
  const { price } = order.item
  lines.push(price)
  return lines.length
}
