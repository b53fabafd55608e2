/** Behaviour of `/`: plain script, in the browser. Whatever comes from an answer is set as text, never as markup. */
export const script = `
const $ = (id) => document.getElementById(id)
const make = (tag, text, name) => Object.assign(document.createElement(tag), { textContent: text, className: name ?? '' })
const names = { warehouse: 'Warehouse', controlPlane: 'Control plane', log: 'Event log' }

async function look() {
  let parts
  try { parts = (await (await fetch('/ready')).json()).parts } catch { parts = undefined }
  const states = parts ? [['gateway', 'up'], ...Object.entries(parts)] : [['gateway', 'down']]
  $('parts').replaceChildren(...states.map(([name, state]) => make('li', (names[name] ?? 'Gateway') + ' is ' + state, state)))
}
look()
setInterval(look, 10000)

const query = '{ me { reader role authorities { code name } } freshness { authority newestAcceptedAt inFiguresUpTo waiting caughtUp } reconciliation { authority accepted current difference } }'
const time = (iso) => iso ? new Date(iso).toLocaleString('en-GB') : 'nothing yet'

$('ask').addEventListener('submit', async (event) => {
  event.preventDefault()
  const answer = $('answer')
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ' + $('key').value.trim() },
      body: JSON.stringify({ query }),
    })
    const { data, errors } = await response.json()
    if (errors) throw new Error(errors[0].message)
    answer.replaceChildren(table(data))
  } catch (error) {
    answer.replaceChildren(make('p', error.message, 'fault'))
  }
})

function table({ me, freshness, reconciliation }) {
  const whole = new Map(reconciliation.map((r) => [r.authority, r]))
  const name = new Map(me.authorities.map((a) => [a.code, a.name]))
  const t = document.createElement('table')
  t.append(make('caption', 'You are ' + me.reader + ', ' + me.role))
  const head = t.createTHead().insertRow()
  for (const h of ['Authority', 'Newest event accepted', 'In figures up to', 'Waiting', 'Accepted', 'Current', 'Difference'])
    head.append(Object.assign(make('th', h), { scope: 'col' }))
  const body = t.createTBody()
  for (const f of freshness) {
    const r = whole.get(f.authority)
    const cells = [
      name.get(f.authority) ?? f.authority,
      time(f.newestAcceptedAt),
      time(f.inFiguresUpTo),
      (f.waiting ?? 0).toLocaleString('en-GB') + (f.caughtUp ? '' : ', and more in the log'),
      ...(r ? [r.accepted, r.current, r.difference].map((n) => n.toLocaleString('en-GB')) : ['', '', '']),
    ]
    const row = body.insertRow()
    for (const c of cells) row.append(make('td', c))
  }
  return t
}
`
