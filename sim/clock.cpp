// The clock of a bench under Verilator: toggles `clk` until the bench says $finish.
// Build with --prefix Vbench, so that every bench has the same class.
#include <memory>

#include "Vbench.h"
#include "verilated.h"

int main(int argc, char **argv) {
  auto context = std::make_unique<VerilatedContext>();
  context->commandArgs(argc, argv);
  context->traceEverOn(true);  // allows $dumpvars in a build with --trace
  auto bench = std::make_unique<Vbench>(context.get());
  bench->clk = 0;
  bench->eval();
  while (!context->gotFinish()) {
    context->timeInc(1);
    bench->clk = !bench->clk;
    bench->eval();
  }
  bench->final();
  return 0;
}
