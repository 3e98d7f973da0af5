import { createEfficientSystem } from '../impl/efficient/efficient-system.ts';
import type { NodeSetup, Operation } from '../model/vocabulary.ts';
import { ProductSearch } from './exploration/product-search.ts';
import { reserveStore, StateStore } from './exploration/state-store.ts';
import { setFlagsFromString } from 'node:v8';
setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
setFlagsFromString('--max-inlined-bytecode-size=1500');
function world(clusters:number, spc:number, tags:number[], opts:any) {
  const L=clusters*spc;
  const node: NodeSetup={mode:'secondary',geometry:{lengthSectors:L,sectorBytes:8,activeClusterSectors:spc,hiddenClusterSectors:spc,copyUnitSectors:spc,commitUnitSectors:spc},
   initialContent:[{sector:0,count:L,tag:tags[0]!}],readOnly:[],badSectors:opts.bad??[],defects:[],commitRequestsMax:opts.max??16};
  const ops: Operation[]=[{op:'open'},{op:'start',mode:'secondary'},{op:'checkpoint'},{op:'getError'},{op:'stop',failover:true},{op:'stop',failover:false},{op:'close'},{op:'commitSettle'},...(opts.advance?[{op:'commitAdvance'} as Operation]:[])];
  for(const t of tags) for(const r of opts.ranges(clusters,spc)) { if(opts.g!==false) ops.push({op:'guestWrite',...r,tag:t}); ops.push({op:'primaryWrite',...r,tag:t}); }
  for(const r of opts.ranges(clusters,spc)) ops.push({op:'guestRead',...r},{op:'primaryRead',...r});
  ops.push(...(opts.faults??[]));
  return {name:'x',about:'',setup:{nodes:[node]},alphabet:ops};
}
const single=(c:number,s:number)=>Array.from({length:c*s},(_,i)=>({sector:i,count:1}));
const mixed=(c:number,s:number)=>[{sector:0,count:1},{sector:s-1,count:2}];
function run(name:string,w:any,red:any){
  const search=new ProductSearch(w,createEfficientSystem(),red);
  const store=new StateStore(reserveStore(search.codec.wordCount,2e9));
  search.begin(store); store.seal(); 
  const c0=process.cpuUsage(); 
  let max=+(process.env.MAX??1e9);
  outer: while(store.advance()){ for(let b=store.claim();b>=0;b=store.claim()){const {first,end}=store.block(b); for(let s=first;s<end;s++){const f=search.expand(s,store); if(f){console.log('FOUND',f,JSON.stringify(w.alphabet[f.operation]),JSON.stringify(search.hostOf(f.state,store).nodes[0]));break outer;}} if(store.mustGrow) store.grow(); if(search.transitions>max) break outer;} store.seal();}
  const c=process.cpuUsage(c0); const sec=(c.user+c.system)/1e6;
  console.log(name,red,'states',store.size.states,'bytes/state',(store.size.bytes/store.size.states).toFixed(1),'words',search.codec.wordCount,'bits',search.codec.bits,'tr',search.transitions,'depth',store.depth,sec.toFixed(2)+'s',(search.transitions/sec/1e6).toFixed(3)+' M/s','loops');
}
for (const red of ['unreduced','reduced']) {
run('2x1x2 qemu',world(2,1,[0,1],{ranges:single}),red);
run('2x1x2 step1',world(2,1,[0,1],{ranges:single,max:1,advance:true}),red);
run('2x2x2 cluster+part',world(2,2,[0,1],{ranges:mixed}),red);
const bad:Operation[]=[{op:'breakSector',disk:'secondary',access:'write',sector:0},{op:'repairSectors',disk:'secondary'}];
run('2x1x2 bad',world(2,1,[0,1],{ranges:single,faults:bad}),red);
run('2x2x2 single',world(2,2,[0,1],{ranges:single}),red);
}
