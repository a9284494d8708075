import { departments, styles } from "./vocabulary.ts"

const sections = departments.flatMap((department) => department.nouns).length

/** How much data the shop generates. */
export const catalogueSize = {
  products: 50_000,
  users: 20_000,
  orders: 60_000,
  /** Departments, their sections, and the shelves of each section. */
  categories: departments.length + sections + sections * styles.length,
}
