import diff from '../../../schema/diff.schema.json' with { type: 'json' }
import history from '../../../schema/history.schema.json' with { type: 'json' }
import lookup from '../../../schema/lookup.schema.json' with { type: 'json' }
import { ANSWERS } from './openapi-schemas.ts'

/** A JSON schema with its `$defs`, as components of one document: `NAME` and `NAME.DEF`. */
const componentsOf = (name: string, schema: object): Readonly<Record<string, unknown>> => {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`)
  const { $defs = {}, $schema: _, ...rest } = JSON.parse(text) as Record<string, object>
  const parts = Object.entries($defs).map(([part, value]) => [`${name}.${part}`, value])
  return { ...Object.fromEntries(parts), [name]: rest }
}

const schemaOf = (name: string): object => ({ $ref: `#/components/schemas/${name}` })

const content = (description: string, schema: string): object => ({
  description,
  content: { 'application/json': { schema: schemaOf(schema) } },
})

const query = (name: string, type: string, description: string): object => ({
  name,
  in: 'query',
  description,
  schema: { type },
})

const NAME = { name: 'name', in: 'path', required: true, schema: { type: 'string' } }
const PAGE = [query('limit', 'integer', 'at most so many, 100 unless told, 1000 at most')]
const HISTORY_PAGE = [...PAGE, query('before', 'integer', 'only changes with a lower id')]

const get = (summary: string, schema: string, parameters: readonly object[] = []): object => ({
  get: {
    summary,
    parameters,
    responses: { 200: content('the answer', schema), default: content('why there is none', 'error') },
  },
})

const text = (summary: string, type: string): object => ({
  get: {
    summary,
    responses: {
      200: { description: 'the text', content: { [type]: {} } },
      default: content('why there is none', 'error'),
    },
  },
})

/** The OpenAPI 3.1 document of the API; `schema/api.openapi.json` is made from it. */
export const API_DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'fai-classes', version: '1', description: 'Class lists that are kept current. Read-only.' },
  paths: {
    '/v1/hosts': get('hosts by name', 'hosts', [
      query('class', 'string', 'a class that the list holds; all of several'),
      query('where', 'string', 'an expression such as "WEB && !TEST"'),
      query('after', 'string', 'names after this one: `next` of the page before'),
      ...PAGE,
    ]),
    '/v1/hosts/{name}': get('one host', 'host', [NAME]),
    '/v1/hosts/{name}/explain': get('why a host has its classes', 'lookup', [NAME]),
    '/v1/hosts/{name}/history': get('changes of a host, the newest first', 'changes', [
      NAME,
      ...HISTORY_PAGE,
    ]),
    '/v1/classes': get('classes that are defined', 'classes'),
    '/v1/classes/{name}': get('one class, and who has it', 'class', [NAME]),
    '/v1/classes/{name}/history': get('which hosts got or lost a class, the newest first', 'changes', [
      NAME,
      ...HISTORY_PAGE,
    ]),
    '/v1/what-if': {
      post: {
        summary: 'what would change were this file in the place of a source',
        parameters: [{ ...query('source', 'string', 'name of the source'), required: true }],
        requestBody: { required: true, content: { 'text/plain': { schema: { type: 'string' } } } },
        responses: {
          200: content('as diff --format json', 'diff'),
          default: content('why there is none', 'error'),
        },
      },
    },
    '/v1/changes': text(
      'changes as they come: events `change`, and `reset` where all lists are to be read again',
      'text/event-stream',
    ),
    '/healthz': {
      get: {
        summary: 'how sources, lists and history stand',
        responses: { 200: content('answers are given', 'health'), 503: content('not yet', 'health') },
      },
    },
    '/metrics': text('counters in the format of Prometheus', 'text/plain'),
    '/openapi.json': text('this document', 'application/json'),
  },
  components: {
    schemas: {
      ...componentsOf('lookup', lookup),
      ...componentsOf('diff', diff),
      ...componentsOf('history', history),
      ...ANSWERS,
    },
  },
}

type Operation = { readonly parameters?: readonly { readonly in: string; readonly name: string }[] }

/** What may stand behind `?` on a path of the document. Pure. */
export const queryNamesOf = (pathItem: object): readonly string[] =>
  Object.values(pathItem as Record<string, Operation>).flatMap(({ parameters = [] }) =>
    parameters.flatMap(({ in: place, name }) => (place === 'query' ? [name] : [])),
  )
