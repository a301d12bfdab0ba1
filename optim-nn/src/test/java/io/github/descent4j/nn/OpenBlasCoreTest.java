package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OpenBlasCoreTest {
  private static final String AVX512 = "avx512f avx512dq avx512cd avx512bw avx512vl";

  @Test
  void intelProcessorsGetTheKernelsOfTheirInstructions() {
    assertThat(OpenBlasCore.coreOf(processor("GenuineIntel", "sse2 fma avx2 " + AVX512)))
        .contains("SKYLAKEX");
    assertThat(OpenBlasCore.coreOf(processor("GenuineIntel", "sse2 fma avx2 avx512f")))
        .contains("HASWELL");
    assertThat(OpenBlasCore.coreOf(processor("GenuineIntel", "sse2 avx"))).isEmpty();
  }

  @Test
  void processorsOfAmdGetThoseForAvx512() {
    assertThat(OpenBlasCore.coreOf(processor("AuthenticAMD", "fma avx2 " + AVX512)))
        .contains("SKYLAKEX");
    assertThat(OpenBlasCore.coreOf(processor("AuthenticAMD", "fma avx2 avx512f")))
        .isEmpty();
  }

  @Test
  void othersAreLeftToOpenBlas() {
    assertThat(OpenBlasCore.coreOf(processor("AuthenticAMD", "fma avx2"))).isEmpty();
    assertThat(OpenBlasCore.coreOf(processor("HygonGenuine", "fma avx2 " + AVX512)))
        .isEmpty();
    assertThat(OpenBlasCore.coreOf("Features : fp asimd")).isEmpty();
    assertThat(OpenBlasCore.coreOf("")).isEmpty();
  }

  @Test
  void aProgramMayRefuse() {
    String intel = processor("GenuineIntel", "fma avx2");
    assertThat(OpenBlasCore.wanted(null, null, intel)).contains("HASWELL");
    assertThat(OpenBlasCore.wanted("auto", null, intel)).contains("HASWELL");
    assertThat(OpenBlasCore.wanted("none", null, intel)).isEmpty();
    assertThat(OpenBlasCore.wanted(null, "ZEN", intel)).isEmpty();
    assertThatThrownBy(() -> OpenBlasCore.wanted("off", null, intel))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("io.github.descent4j.blasCore is 'off', expected auto or none");
  }

  private static String processor(String vendor, String flags) {
    return "processor\t: 0\nvendor_id\t: " + vendor + "\nflags\t\t: " + flags
        + "\n\nprocessor\t: 1\n";
  }
}
