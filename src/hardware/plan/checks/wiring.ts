import { portOf, type Port } from '../../blocks/block.js';
import { check, type Check } from '../facts.js';
import { endpointKey } from '../types.js';
import type { Claims } from './claims.js';

/** Every port has its producers, of its kind, lanes and width; producers come before consumers. */
export function* wiring({ blocks, connections }: Claims): Generator<Check> {
  const byId = new Map(blocks.map((block) => [block.id, block]));
  yield check(
    { name: 'ids', subject: 'blocks', bound: blocks.length, found: byId.size },
    byId.size === blocks.length,
    () => 'two blocks share an id',
  );
  const order = new Map(blocks.map(({ id }, i) => [id, i]));
  const fed = new Map<string, number>();
  const blockOf = (id: string) => {
    const [block, position] = [byId.get(id), order.get(id)];
    if (block === undefined || position === undefined)
      throw new Error(`no block ${id} in the plan`);
    return { block, position };
  };
  for (const { from, to } of connections) {
    const [a, b] = [endpointKey(from), endpointKey(to)];
    const [first, second] = [blockOf(from.block), blockOf(to.block)];
    const producer = portOf(first.block, from.port);
    const consumer = portOf(second.block, to.port);
    const { clients } = consumer;
    fed.set(b, (fed.get(b) ?? 0) + 1);
    const subject = `${a} -> ${b}`;
    const direction = `${producer.direction} to ${consumer.direction}`;
    yield check(
      { name: 'direction', subject, bound: 'out to in', found: direction },
      producer.direction === 'out' && consumer.direction === 'in',
      () => `${subject}: direction`,
    );
    yield check(
      { name: 'bundle', subject, bound: producer.type, found: consumer.type },
      producer.type === consumer.type,
      () => `${subject}: ${producer.type} to ${consumer.type}`,
    );
    // An input that gathers may be wider than what one of its producers has.
    const lanesFit =
      clients === undefined ? producer.lanes === consumer.lanes : producer.lanes <= consumer.lanes;
    const widthsFit =
      producer.width === consumer.width && producer.secondWidth === consumer.secondWidth;
    const [bound, found] = [shapeOf(consumer), shapeOf(producer)];
    yield check(
      { name: 'words', subject, bound, found },
      lanesFit && widthsFit,
      () => `${a} (${found}) -> ${b} (${bound})`,
    );
    yield check(
      { name: 'order', subject, bound: second.position - 1, found: first.position },
      first.position < second.position,
      () => `${a} comes after ${b}`,
    );
  }
  for (const block of blocks) {
    for (const { name, type, direction, clients = 1 } of block.ports) {
      if (direction !== 'in' || type === 's_axis') continue;
      const key = endpointKey({ block: block.id, port: name });
      const found = fed.get(key) ?? 0;
      yield check(
        { name: 'drivers', subject: key, bound: clients, found },
        found === clients,
        () => `${key} is ${found > clients ? 'driven twice' : 'not driven'}`,
      );
    }
  }
}

function shapeOf({ lanes, width }: Port): string {
  return `${lanes} x ${width}`;
}
