/** Top level of the category tree; each noun is a section of it, and the last word of its products' names. */
export const departments: readonly { readonly name: string; readonly nouns: readonly string[] }[] = [
  { name: "Furniture", nouns: ["Chair", "Table", "Shelf", "Sofa", "Bed"] },
  { name: "Kitchen", nouns: ["Kettle", "Pan", "Knife", "Mixer", "Bowl"] },
  { name: "Garden", nouns: ["Spade", "Planter", "Hose", "Bench", "Trellis"] },
  { name: "Outdoor", nouns: ["Tent", "Backpack", "Stove", "Lantern", "Hammock"] },
  { name: "Tools", nouns: ["Drill", "Saw", "Hammer", "Wrench", "Sander"] },
  { name: "Toys", nouns: ["Puzzle", "Kite", "Train", "Robot", "Globe"] },
  { name: "Office", nouns: ["Desk", "Lamp", "Notebook", "Pen", "Organiser"] },
  { name: "Audio", nouns: ["Speaker", "Headphones", "Turntable", "Microphone", "Amplifier"] },
]

/** The shelves of every section. */
export const styles: readonly string[] = ["Classic", "Compact", "Professional", "Travel"]

export const adjectives: readonly string[] = (
  "Quiet Bright Sturdy Light Folding Modern Rustic Smooth Slim Grand Little Clever Swift Warm Cool Soft Bold Plain " +
  "Simple Noble Fresh Golden Silver Northern Southern Coastal Alpine Urban Royal Humble"
).split(" ")

export const materials: readonly string[] = (
  "Oak Walnut Beech Birch Maple Pine Bamboo Steel Iron Copper Brass Aluminium Titanium Glass Ceramic Stone Marble " +
  "Leather Linen Cotton Wool Felt Cork Rattan"
).split(" ")

export const brands: readonly string[] = (
  "Arden Bergholt Calder Dunmore Eskdale Fenwick Garrick Hollin Ingram Jarvis Kestrel Lindholm Marwick Norrland " +
  "Ostrava Pellworm Quill Ravensby Solund Tarbert Ulverston Vesterby Wexford Yarrow Zell"
).split(" ")

export const firstNames: readonly string[] = (
  "Ada Alan Barbara Carlos Chen Dana Edsger Elif Fatima Grace Hugo Ines Ivan Jana Kofi Lena Linus Mai Margaret Nadia " +
  "Niklaus Olga Paolo Priya Radia Sofia Tim Vera Wei Yuki"
).split(" ")

export const lastNames: readonly string[] = (
  "Abbott Baker Costa Dubois Eriksen Fischer Garcia Hopper Ito Jansen Kowalski Lamport Moreau Novak Okafor Petrov " +
  "Quinn Rossi Silva Tanaka Ulrich Varga Weber Xu Yilmaz Zhang"
).split(" ")

const nouns: readonly string[] = departments.flatMap((department) => department.nouns)

/** What people search for, the most popular first: single words, then two of them. */
export const searchPhrases: readonly string[] = [
  ...nouns.map((noun) => noun.toLowerCase()),
  ...pairs(materials, nouns),
  ...pairs(adjectives, nouns),
]

function pairs(first: readonly string[], second: readonly string[]): string[] {
  return first.flatMap((left) => second.map((right) => `${left} ${right}`.toLowerCase()))
}
