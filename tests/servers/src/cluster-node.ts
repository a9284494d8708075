import type { RedisProcess } from "./redis-process.ts"

/** One server of a cluster as it sees itself. */
export interface NodeView {
  readonly server: RedisProcess
  readonly id: string
  readonly role: "primary" | "replica"
  /** Id of the primary that it copies. */
  readonly primary: string | undefined
  /** Of two nodes that claim a slot, the one with the higher epoch has it. */
  readonly epoch: number
  readonly slots: readonly (readonly [first: number, last: number])[]
}

/** What a server says of itself; undefined when it does not answer. */
export async function viewOf(server: RedisProcess): Promise<NodeView | undefined> {
  const line = (await nodeLines(server)).find((each) => each.includes("myself"))
  return line === undefined ? undefined : { server, ...parseNode(line) }
}

/** Which node a server believes to have a slot, "nobody" if none; undefined when it does not answer. */
export async function ownerSeenBy(
  server: RedisProcess,
  slot: number,
): Promise<Pick<NodeView, "id" | "epoch"> | "nobody" | undefined> {
  const nodes = (await nodeLines(server)).map(parseNode)
  return nodes.length === 0 ? undefined : (nodes.find((node) => owns(node, slot)) ?? "nobody")
}

async function nodeLines(server: RedisProcess): Promise<readonly string[]> {
  const reply = String(await server.command("CLUSTER", "NODES").catch(() => ""))
  return reply.split("\n").filter((line) => line !== "")
}

function parseNode(line: string): Omit<NodeView, "server"> {
  const [id = "", , flags = "", primary = "-", , , epoch = "0", , ...slots] = line.split(" ")
  return {
    id,
    role: flags.includes("slave") ? "replica" : "primary",
    primary: primary === "-" ? undefined : primary,
    epoch: Number(epoch),
    // A slot on the move is written "[93-<-id]".
    slots: slots.filter((each) => !each.startsWith("[")).map(range),
  }
}

/** Whether the server says that it has the slot. */
export function owns({ role, slots }: Pick<NodeView, "role" | "slots">, slot: number): boolean {
  return role === "primary" && slots.some(([first, last]) => first <= slot && slot <= last)
}

/** The fields of a server's `INFO`-like reply. */
export async function fieldsOf(server: RedisProcess, ...args: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const lines = String(await server.command(...args)).split("\r\n")
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]))
}

function range(text: string): readonly [number, number] {
  const [first = "", last = first] = text.split("-")
  return [Number(first), Number(last)]
}
