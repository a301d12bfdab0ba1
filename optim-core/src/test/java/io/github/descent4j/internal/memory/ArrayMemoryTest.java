package io.github.descent4j.internal.memory;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

class ArrayMemoryTest {

  @Test
  void aBackendWhoseArraysAreElsewhereIsRefused() {
    ArrayMemory.requireHostMemory(Nd4j.getExecutioner().type());
    assertThatThrownBy(() -> ArrayMemory.requireHostMemory(ExecutionerType.CUDA))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("backend is CUDA, expected NATIVE_CPU");
  }
}
