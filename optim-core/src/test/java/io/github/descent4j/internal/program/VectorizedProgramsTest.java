package io.github.descent4j.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.OptimizerCase;
import io.github.descent4j.decorator.ScheduleFree;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.internal.program.LoopGenerator.Target;
import io.github.descent4j.internal.program.Program.Pass;
import io.github.descent4j.rule.UpdateRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Every program of every rule is made of loops that C2 vectorizes. Whether it does depends on a loop's size alone, so
 * sizes are compared: a measured time would depend on the machine.
 */
class VectorizedProgramsTest {

  /** Rules, and cases of them, some of whose programs need two loops: what they hold in arrays is too much for one. */
  private static final Set<String> TWO_LOOPS = Set.of(
      "AmsGrad",
      "QhAdam",
      "Adan",
      "Rprop",
      "Ftrl",
      "Prodigy",
      "DAdaptAdam",
      "RmsProp centered momentum",
      "RmsProp centered momentum rate inside",
      "Lamb decay in update");

  static List<OptimizerCase> cases() {
    return OptimizerCase.all();
  }

  /**
   * Beyond a cost of some 60 C2 of JDK 17 gives a loop up, silently, which is then some eleven times slower; C2 of JDK 25
   * does the same to loops of that size. The limit keeps a distance from what was measured: who raises it has to measure
   * anew, on both, the programs of {@link #TWO_LOOPS} as one loop.
   */
  @Test
  void theLimitIsWhatWasMeasured() {
    assertThat(LoopSplit.LIMIT).isEqualTo(56);
    assertThat(LoopSplit.ACCESS).isEqualTo(4.6);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyLoopIsSmallEnoughForC2(OptimizerCase optimizer) {
    int most = 1;
    for (Program program : programs((UpdateRule) optimizer.create().get())) {
      List<LoopSplit.Part> parts = new LoopSplit(program).parts();
      assertThat(parts).as("loops of\n%s", program).allMatch(part -> part.cost() <= 56);
      for (Target target : List.of(Target.FLOATS, Target.DOUBLES)) {
        assertThat(loops(LoopGenerator.generate(program, target, 0)))
            .as("loops in the class of %s, %s", program.name(), target)
            .isEqualTo(parts.size());
      }
      most = Math.max(most, parts.size());
    }
    boolean two =
        TWO_LOOPS.stream().anyMatch(name -> optimizer.name().equals(name) || optimizer.isOf(name));
    assertThat(most).as("loops of the largest program").isEqualTo(two ? 2 : 1);
  }

  /** Rules that are in no table, as nobody makes them without what surrounds them. */
  @Test
  void loopsOfScheduleFreeRulesAreSmallEnoughForC2() {
    assertThat(largest(ScheduleFree.sgd().build())).as("loops of SGD's form").isEqualTo(1);
    assertThat(largest(ScheduleFree.adamW().build()))
        .as("loops of AdamW's form")
        .isEqualTo(2);
  }

  private static int largest(ScheduleFree optimizer) {
    int most = 1;
    for (Program program : programs(optimizer.find(UpdateRule.class).orElseThrow())) {
      List<LoopSplit.Part> parts = new LoopSplit(program).parts();
      assertThat(parts).as("loops of\n%s", program).allMatch(part -> part.cost() <= 56);
      most = Math.max(most, parts.size());
    }
    return most;
  }

  /** Of both passes, with every choice of a step and everything that may be ahead of it. */
  private static List<Program> programs(UpdateRule rule) {
    Description description = UpdateRuleAccess.ACCESS.description(rule);
    List<Program> programs = new ArrayList<>();
    for (int variant = 0; variant < 1 << description.choiceCount(); variant++) {
      for (int preparation = 0; preparation < Preparation.COMBINATIONS; preparation++) {
        programs.add(Program.of(description, variant, preparation, Pass.UPDATE));
        if (description.normCount() > 0) {
          programs.add(Program.of(description, variant, preparation, Pass.NORMS));
        }
      }
    }
    return programs;
  }

  /** Jumps back. */
  private static int loops(byte[] classFile) {
    int[] loops = new int[1];
    ClassVisitor visitor = new ClassVisitor(Opcodes.ASM9) {
      @Override
      public MethodVisitor visitMethod(
          int access, String name, String descriptor, String signature, String[] exceptions) {
        Set<Label> passed = new HashSet<>();
        return new MethodVisitor(Opcodes.ASM9) {
          @Override
          public void visitLabel(Label label) {
            passed.add(label);
          }

          @Override
          public void visitJumpInsn(int opcode, Label label) {
            loops[0] += passed.contains(label) ? 1 : 0;
          }
        };
      }
    };
    new ClassReader(classFile).accept(visitor, 0);
    return loops[0];
  }
}
