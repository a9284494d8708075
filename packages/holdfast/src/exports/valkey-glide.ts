export { valkeyGlide, type ValkeyGlideOptions } from "../clients/valkey-glide-client.ts"
export type {
  GlideClientClass,
  GlideConfiguration,
  GlideConnection,
  GlideTlsConfiguration,
} from "../clients/valkey-glide-shape.ts"
export type * from "../contracts/redis-client.ts"
export type { ErrorCode } from "../catalogue/error-codes.ts"
export type { ErrorFacts, HoldfastError } from "../errors/holdfast-error.ts"
