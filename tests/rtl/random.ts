import { xorshift128plus } from 'pure-rand/generator/xorshift128plus';
