import { connect, type Socket } from "node:net"
import { ModelError, type ModelReply } from "../model-reply.ts"

/** A bare connection to a real server, whose replies look like the model's. */
export class Wire {
  readonly #socket: Socket
  readonly #waiting: {
    readonly replies: ModelReply[]
    readonly count: number
    readonly done: (all: ModelReply[]) => void
  }[] = []
  /** Hears what nobody asked for. */
  onPush: (reply: ModelReply) => void = () => {}
  #text = ""

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding("latin1")
    socket.on("data", (text: string) => this.#take(text))
    socket.on("error", (error) => this.#socket.destroy(error))
  }

  static open({ host, port }: { readonly host: string; readonly port: number }): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true })
      socket.once("error", reject)
      socket.once("connect", () => {
        socket.off("error", reject)
        resolve(new Wire(socket))
      })
    })
  }

  /** Sends commands at once; their replies come in the same order. */
  send(commands: readonly (readonly string[])[]): Promise<ModelReply[]> {
    return new Promise((done) => {
      this.#waiting.push({ replies: [], count: commands.length, done })
      this.#socket.write(commands.map(encoded).join(""), "latin1")
    })
  }

  async command(...args: readonly string[]): Promise<ModelReply> {
    const [reply = null] = await this.send([args])
    return reply
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    this.#text += text
    const reader = new ReplyReader(this.#text)
    for (;;) {
      const reply = reader.next()
      if (reply === undefined) break
      this.#deliver(reply)
    }
    this.#text = this.#text.slice(reader.at)
  }

  #deliver(reply: ModelReply): void {
    const [first] = this.#waiting
    if (first === undefined) return this.onPush(reply)
    first.replies.push(reply)
    if (first.replies.length < first.count) return
    this.#waiting.shift()
    first.done(first.replies)
  }
}

function encoded(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join("")}`
}

class ReplyReader {
  /** Where the next reply begins. */
  at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Undefined if it is not complete yet. */
  next(): ModelReply | undefined {
    const start = this.at
    const reply = this.#read()
    if (reply === undefined) this.at = start
    return reply
  }

  #read(): ModelReply | undefined {
    const end = this.#text.indexOf("\r\n", this.at)
    if (end === -1) return undefined
    const kind = this.#text[this.at]
    const line = this.#text.slice(this.at + 1, end)
    this.at = end + 2
    if (kind === "+") return line
    if (kind === "-") return new ModelError(line)
    if (kind === ":") return Number(line)
    if (line === "-1") return null
    return kind === "$" ? this.#bulk(Number(line)) : this.#array(Number(line))
  }

  #bulk(length: number): string | undefined {
    const end = this.at + length
    if (end + 2 > this.#text.length) return undefined
    const text = this.#text.slice(this.at, end)
    this.at = end + 2
    return text
  }

  #array(length: number): readonly ModelReply[] | undefined {
    const items: ModelReply[] = []
    while (items.length < length) {
      const item = this.#read()
      if (item === undefined) return undefined
      items.push(item)
    }
    return items
  }
}
