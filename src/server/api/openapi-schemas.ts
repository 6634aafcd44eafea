const STRING = { type: 'string' }
const NUMBER = { type: 'integer', minimum: 0 }
const TIME = { $ref: '#/components/schemas/history.time' }
const DIAGNOSTIC = { $ref: '#/components/schemas/lookup.diagnostic' }

const object = (properties: object, required: readonly string[] = Object.keys(properties)): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})
const list = (items: object): object => ({ type: 'array', items })

const host = object(
  { host: STRING, fqdn: STRING, classes: list(STRING), since: TIME, faults: list(DIAGNOSTIC) },
  ['host', 'fqdn', 'faults'],
)

const definition = object(
  {
    requires: list(STRING),
    after: list(STRING),
    conflicts: list(STRING),
    variables: { type: 'object', additionalProperties: STRING },
    description: STRING,
    origin: { $ref: '#/components/schemas/lookup.origin' },
  },
  ['requires', 'after', 'conflicts', 'variables', 'origin'],
)

const source = object(
  {
    name: STRING,
    phase: { enum: ['loading', 'current', 'behind'] },
    serial: NUMBER,
    ageSeconds: NUMBER,
    fault: DIAGNOSTIC,
  },
  ['name', 'phase'],
)

const historyStanding = object(
  {
    phase: { enum: ['current', 'behind'] },
    waiting: NUMBER,
    isIncomplete: { type: 'boolean' },
    fault: DIAGNOSTIC,
  },
  ['phase', 'waiting', 'isIncomplete'],
)

/** Schemas of what only the API answers. */
export const ANSWERS = {
  error: object({ error: object({ code: STRING, message: STRING }) }),
  host,
  hosts: object({ hosts: list(host), next: STRING }, ['hosts']),
  classes: object({ classes: list(STRING) }),
  class: object({ class: STRING, definitions: list(definition), hosts: list(STRING) }),
  changes: object({ changes: { $ref: '#/components/schemas/history/properties/changes' } }),
  health: object(
    {
      ready: { type: 'boolean' },
      whole: { type: 'boolean' },
      faultyHosts: { ...NUMBER, description: 'hosts that keep their last whole list, for `faults`' },
      sources: list(source),
      history: historyStanding,
    },
    ['ready', 'whole', 'faultyHosts', 'sources'],
  ),
}
