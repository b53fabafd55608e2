import { expect, it } from 'vitest'
import { asyncApi, eventReferenceMarkdown, eventTypes } from './index.ts'

it('the reference page names every event type, every field and every code of its schemas', () => {
  const page = eventReferenceMarkdown()
  for (const type of eventTypes.values()) {
    expect(page).toContain(`## ${type.type}\n`)
    for (const field of Object.keys(type.schema.properties as object))
      expect(page).toContain(`| \`${field}\` |`)
  }
  expect(page).toContain('| OT | Other |  | 2020-07-31 |')
})

it('the AsyncAPI document has a message for every event type and no keyword of our own', () => {
  const document = JSON.stringify(asyncApi())
  for (const type of eventTypes.values()) expect(document).toContain(`"${type.type}.v${type.major}"`)
  expect(document).toContain('"asyncapi":"3.0.0"')
  expect(document).not.toContain('"pupil":true')
})
