/** What Holdfast needs of the class `GlideClient` of Valkey GLIDE 2. */
export interface GlideClientClass<Configuration> {
  /** Makes a client for the servers of the configuration. */
  createClient(configuration: Configuration): Promise<GlideConnection>
}

/** What Holdfast needs of a GLIDE client for a single server. */
export interface GlideConnection {
  /** Sends any command; `decoder` 0 gives texts as bytes. */
  customCommand(args: (string | Buffer)[], options: { decoder: number }): Promise<unknown>
  /** Subscribes at any time; older versions of GLIDE can do so only at the start. */
  subscribe?(channels: string[], timeoutMs: number): Promise<unknown>
  /** Ends it for good. */
  close(): void
}

/** What Holdfast reads of a GLIDE configuration; all else is handed on. */
export interface GlideConfiguration {
  /** The servers. */
  readonly addresses: readonly { readonly host: string; readonly port?: number | undefined }[]
  /** Whether they speak TLS. */
  readonly useTLS?: boolean | undefined
  /** Where an address is reached from here. */
  readonly addressResolver?: ((host: string, port: number) => readonly [string, number]) | undefined
  /** Shown by CLIENT LIST. */
  readonly clientInfoTag?: string | undefined
  /** Of which only TLS counts here. */
  readonly advancedConfiguration?: { readonly tlsAdvancedConfiguration?: GlideTlsConfiguration | undefined } | undefined
}

/** How the certificate of a server is judged. */
export interface GlideTlsConfiguration {
  /** Not at all. */
  readonly insecure?: boolean | undefined
  /** Trusted instead of the usual authorities, in PEM. */
  readonly rootCertificates?: string | Uint8Array | undefined
}

/** What a subscription hears. */
export interface GlideMessage {
  readonly channel: string | Buffer
  readonly message: string | Buffer
}
