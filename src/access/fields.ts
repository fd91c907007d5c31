/** The table of all fields that a line can show. */

import { didYouMean } from '../core/nearest.ts'
import type { Field } from './field.ts'
import { APPLICATION_FIELDS } from './fields-application.ts'
import { CONNECTION_FIELDS } from './fields-connection.ts'
import { REQUEST_FIELDS } from './fields-request.ts'
import { RESPONSE_FIELDS } from './fields-response.ts'
import { TIME_FIELDS } from './fields-time.ts'

/** The fields in groups, as the documentation shows them. */
export const FIELD_GROUPS: readonly { readonly title: string; readonly fields: readonly Field[] }[] = [
  { title: 'Request', fields: REQUEST_FIELDS },
  { title: 'Application', fields: APPLICATION_FIELDS },
  { title: 'Response', fields: RESPONSE_FIELDS },
  { title: 'Time', fields: TIME_FIELDS },
  { title: 'Connection and process', fields: CONNECTION_FIELDS },
]

/** All fields by name. */
export const FIELDS: ReadonlyMap<string, Field> = new Map(
  FIELD_GROUPS.flatMap(({ fields }) => fields).map((field) => [field.name, field]),
)

/** A field that is known to be in the table. */
export function fieldNamed(name: string): Field {
  const field = FIELDS.get(name)
  if (field === undefined) throw new TypeError(`no field ${name}${didYouMean(name, FIELDS.keys())}`)
  return field
}
