import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/** An error answer of Roambi: a status with JSON `{ error, error_description }`. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly error: string

  constructor(status: number, error: string, description: string) {
    super(description)
    this.status = status
    this.error = error
  }
}

export function redirectMismatch(): Refusal {
  return new Refusal(400, 'redirect_url_mismatch', 'Redirect URL is missing or does not match')
}

/** Fastify's error handler: whatever was thrown becomes an answer of Roambi. */
export function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const refusal = refusalOf(error)
  if (refusal.status >= 500) request.log.error(error)
  reply.code(refusal.status).send({ error: refusal.error, error_description: refusal.message })
}

export function refusalOf(error: FastifyError): Refusal {
  if (error instanceof Refusal) return error
  const breach = error.validation?.[0] as Breach | undefined
  if (breach) return refusalOfBreach(breach)
  if (error.statusCode && error.statusCode < 500) {
    return new Refusal(400, 'invalid_request', error.message)
  }
  return new Refusal(500, 'internal_server_error', error.message)
}

/** What Ajv reports about one value; `parentSchema` comes with its option `verbose`. */
interface Breach {
  instancePath: string
  params: Record<string, unknown>
  message?: string
  parentSchema?: { description?: string }
}

function refusalOfBreach({ instancePath, params, message, parentSchema }: Breach): Refusal {
  if (params.missingProperty) {
    return new Refusal(400, 'missing_parameter', `\`${params.missingProperty}\` is required.`)
  }
  if (params.additionalProperty) {
    return new Refusal(400, 'invalid_parameter', `\`${params.additionalProperty}\` is not known.`)
  }
  const name = instancePath.slice(1) || 'The body'
  const complaint = parentSchema?.description ? `must be ${parentSchema.description}` : message
  return new Refusal(400, 'invalid_parameter', `\`${name}\` ${complaint}.`)
}
