/** Which version of each offer the database has committed last, in memory that the service and the load driver's thread share. */
export class CommitBoard {
  /** By product id. */
  readonly versions: Int32Array

  /** @param versions of another thread's board */
  constructor(versions: Int32Array) {
    this.versions = versions
  }

  static of(products: number): CommitBoard {
    return new CommitBoard(new Int32Array(new SharedArrayBuffer((products + 1) * Int32Array.BYTES_PER_ELEMENT)))
  }

  /** Called as soon as the database has acknowledged the commit. Those of one offer may come in another order. */
  committed({ productId, version }: { readonly productId: number; readonly version: number }): void {
    if (productId < this.versions.length && version > this.latest(productId))
      Atomics.store(this.versions, productId, version)
  }

  /** 0: nothing was committed yet. */
  latest(productId: number): number {
    return productId < this.versions.length ? Atomics.load(this.versions, productId) : 0
  }
}
