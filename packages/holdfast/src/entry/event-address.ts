import { slotOf } from "./slot.ts"

// No entry has such keys: the name of a cache holds no "#", and what follows the brace no second ":".

/** Where the stream of one domain event lives, and what is kept about it: all in one hash slot. */
export class EventAddress {
  /** The stream, such as `shop:{event#product.updated}`; also the channel on which its readers are woken. */
  readonly key: string
  private cachedSlot = -1

  /** @param namespace and `name` as of `assertName` */
  constructor(namespace: string, name: string) {
    this.key = `${namespace}:{event#${name}}`
  }

  /** What was published last, kept beside the stream so that its loss is noticed. */
  get head(): string {
    return `${this.key}:head`
  }

  /** How far a reader has come, such as `shop:{event#product.updated}:reader#shop#audit`. */
  reader(name: string): string {
    return `${this.key}:reader#${name}`
  }

  /** Hash slot in a cluster, 0 to 16383. */
  get slot(): number {
    if (this.cachedSlot === -1) this.cachedSlot = slotOf(this.key)
    return this.cachedSlot
  }
}
