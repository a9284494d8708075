import type { NodeAddress, RedisLink, RedisReply } from "../../contracts/redis-client.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { deferred } from "../../internal/deferred.ts"
import { ask } from "../ask.ts"
import { bounded } from "../bounded.ts"
import type { ConnectionSettings } from "../connection-settings.ts"
import { openLink } from "../open-link.ts"
import { asHoldfastError, reasonOf, refusalKind } from "../refusals.ts"

/** What one sentinel says of the primary. */
interface Word {
  readonly address: NodeAddress
  /** Of two sentinels, the one with the higher epoch knows of the later fail-over. */
  readonly epoch: number
}

/**
 * Asks all sentinels at once where the primary is, and believes the one that knows of the latest fail-over.
 *
 * Waits for more than half of them, but after the first answer no longer than one command may take: a sentinel that was cut off from the
 * others may name a primary that has been replaced. Rejects if none names one.
 */
export async function askSentinels(
  name: string,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<NodeAddress> {
  const { seeds } = settings.client
  const words: Word[] = []
  const failures: HoldfastError[] = []
  const first = deferred<void>()
  const enough = deferred<void>()
  const count = (): void => {
    if (words.length > 0) first.resolve()
    if (words.length > seeds.length / 2 || words.length + failures.length === seeds.length) enough.resolve()
  }
  count()
  for (const seed of seeds) {
    askSentinel(seed, name, settings, signal)
      .then(
        (word) => void words.push(word),
        (error: unknown) => void failures.push(asHoldfastError(error)),
      )
      .then(count, count)
  }
  await Promise.race([first.promise, enough.promise])
  await bounded(enough.promise, settings.commandTimeoutMs, settings)
  const [latest] = words.toSorted((a, b) => b.epoch - a.epoch)
  if (latest !== undefined) return latest.address
  throw noneAnswers(failures)
}

async function askSentinel(
  seed: NodeAddress,
  name: string,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<Word> {
  const options = { ...settings, node: seed, target: seed, signal }
  const { link, prepared } = await openLink(options, "data", (opened) => wordOf(opened, name))
  link.destroy()
  return prepared
}

/** In a fail-over the address is told as soon as the new primary has taken over; the rest of what a sentinel tells is still of the old one. */
async function wordOf(link: RedisLink, name: string): Promise<Word> {
  const [address, primary] = await Promise.all([
    ask(link, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]),
    ask(link, ["SENTINEL", "MASTER", name]).catch(() => null),
  ])
  const [host, port] = textsIn(address)
  if (host === undefined || port === undefined) {
    throw new HoldfastError("STORE_UNAVAILABLE", "A sentinel knows no primary of that name.", {
      facts: { reason: "it knows no primary of the name that your client asks for" },
    })
  }
  const fields = textsIn(primary)
  const at = fields.indexOf("config-epoch")
  return { address: { host, port: Number(port) }, epoch: at === -1 ? 0 : Number(fields[at + 1]) }
}

function textsIn(reply: RedisReply): string[] {
  return Array.isArray(reply) ? reply.map(String) : []
}

/** A refusal says more than a sentinel that does not answer. */
function noneAnswers(failures: readonly HoldfastError[]): HoldfastError {
  const [failure] = failures.toSorted((a, b) => weightOf(b) - weightOf(a))
  const reason = failure === undefined ? "there are none" : reasonOf(failure)
  return new HoldfastError("STORE_UNAVAILABLE", `No sentinel names the primary: ${reason}.`, {
    facts: { reason: `no sentinel names the primary: ${reason}` },
    cause: failure,
  })
}

function weightOf(error: HoldfastError): number {
  return refusalKind(error) === "closed" ? Number("reason" in error.facts) : 2
}
