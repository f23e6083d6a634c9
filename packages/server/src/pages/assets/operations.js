const methods = ['get', 'head', 'post', 'put', 'patch', 'delete']

/** The operations of an OpenAPI document, in its order, as this page needs them. */
export function readOperations({ paths }) {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => readOperation(path, method, item[method])),
  )
}

function readOperation(path, method, described) {
  const token = tokenNeed(described.security)
  return {
    id: described.operationId ?? `${method}-${path}`,
    method: method.toUpperCase(),
    path,
    summary: described.summary ?? path,
    description: described.description,
    token,
    params: (described.parameters ?? []).filter((one) => one.in === 'path'),
    group: token === 'required' ? 'With an access token' : 'Open to everyone',
    body: jsonSchema(described.requestBody),
    answers: Object.entries(described.responses ?? {}).map(([status, answer]) => ({
      status: Number(status),
      sentences: sentencesOf(answer.description),
      schema: jsonSchema(answer),
    })),
  }
}

/** An empty alternative means that one may come without. */
function tokenNeed(security = []) {
  if (security.length === 0) return 'none'
  return security.some((alternative) => Object.keys(alternative).length === 0) ? 'optional' : 'required'
}

function jsonSchema(part) {
  return part?.content?.['application/json']?.schema
}

/** One description stands for several refusals. */
function sentencesOf(description = '') {
  return description.split(' · ')
}
