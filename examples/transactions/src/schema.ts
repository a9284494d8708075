/** The tables of the examples, with two articles. */
export const schema = `
  create table stock (sku text primary key, left_over integer not null check (left_over >= 0));
  create table orders (id bigint generated always as identity primary key, customer text not null, sku text not null, quantity integer not null);
  insert into stock values ('oak-chair', 10), ('elm-table', 3);
`
