package io.github.descent4j.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.descent4j.Adam;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.internal.program.LoopGenerator.Target;
import io.github.descent4j.internal.program.Program.Pass;
import org.junit.jupiter.api.Test;

/** Loops that are made at run time have names and lines in stack traces, and so in profilers. */
class StackTraceTest {

  @Test
  void anErrorInALoopNamesTheRuleAndALineOfItsText() throws ReflectiveOperationException {
    Description adam = UpdateRuleAccess.ACCESS.description(new Adam());
    Program program = Program.of(adam, 0, 0, Pass.UPDATE);
    byte[] classFile = LoopGenerator.generate(program, Target.FLOATS, 0);
    FloatLoop loop =
        (FloatLoop) new OneClass().define(classFile).getDeclaredConstructor().newInstance();
    int blocks = program.arrays() + program.split().scratchArrays();
    float[][] tooShort = new float[blocks][1];
    Throwable error = catchThrowable(() -> loop.run(tooShort, 2, new float[64]));
    assertThat(error).isInstanceOf(ArrayIndexOutOfBoundsException.class);
    StackTraceElement top = error.getStackTrace()[0];
    assertThat(top.getClassName()).isEqualTo("io.github.descent4j.generated.Adam_float");
    assertThat(top.getFileName()).isEqualTo("Adam.formula");
    assertThat(top.getMethodName()).isEqualTo("run");
    assertThat(top.getLineNumber())
        .isBetween(1, Math.toIntExact(program.toString().lines().count()));
  }

  /** Defines it whatever runs the loops of this JVM. */
  private static final class OneClass extends ClassLoader {
    OneClass() {
      super(StackTraceTest.class.getClassLoader());
    }

    Class<?> define(byte[] classFile) {
      return defineClass(null, classFile, 0, classFile.length);
    }
  }
}
