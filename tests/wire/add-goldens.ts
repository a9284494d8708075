// Writes the golden bytes of cases that have none: `npx tsx tests/wire/add-goldens.ts` after a build.
// What exists is never changed: if it differs, a release would no longer read or write what earlier ones stored.
import { goldenCases } from "./golden-cases.ts"
import { addGolden, readGolden, sealGolden } from "./golden-files.ts"

const differing: string[] = []
for (const golden of goldenCases) {
  const known = readGolden(golden.name)
  const bytes = sealGolden(golden)
  if (known === undefined) {
    addGolden(golden.name, bytes)
    console.log(`added ${golden.name}`)
  } else if (!known.equals(bytes)) {
    differing.push(golden.name)
  }
}
if (differing.length > 0) {
  console.error(
    `Not changed, although this build stores other bytes: ${differing.join(", ")}. Make it a new format instead.`,
  )
  process.exitCode = 1
}
