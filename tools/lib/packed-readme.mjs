/** The package holds no documents besides its README, and the repository has no public address yet that they could be linked at. */
const whereDocumentsAre =
  "The documents named here are in the repository that this package was made from, below `docs/`; begin with `docs/guide/getting-started.md`."

/**
 * The README as the package carries it: what it links to in the repository is named and not linked.
 *
 * @param {string} readme The README of the repository, which begins with its title.
 */
export function packedReadme(readme) {
  const [title, ...rest] = readme.split(/(?<=\n\n)/)
  return [title, `${whereDocumentsAre}\n\n`, ...rest].join("").replace(/\[([^\]]+)\]\((?!https?:|#)[^)\s]+\)/g, "$1")
}
