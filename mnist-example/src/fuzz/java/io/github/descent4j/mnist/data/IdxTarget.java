package io.github.descent4j.mnist.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/**
 * Any bytes as an IDX file of images or labels, raw or compressed: refused with a line that names the file, or as many bytes as
 * its sizes say.
 *
 * <p>The first byte of an input says whether images (in lower case) or labels are asked for, and whether what follows is a file
 * ({@code i}, {@code L}) or is to be compressed first ({@code z}, {@code Z}), so that checksums do not keep the fuzzer out.
 */
public final class IdxTarget {
  private static final String NAME = "input";

  private IdxTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    int rank = Character.isLowerCase(input[0]) ? 3 : 1;
    if (Character.toLowerCase(input[0]) == 'z') {
      bytes = IdxBytes.gzip(bytes);
    }
    IdxFile file;
    try {
      file = IdxFile.parse(NAME, bytes, rank);
    } catch (CommandException e) {
      assertThat(e.getMessage()).startsWith(NAME + ": expected ").contains(", found ");
      return;
    }
    long size = 1;
    for (int i = 0; i < rank; i++) {
      assertThat(file.size(i)).isPositive();
      size *= file.size(i);
    }
    assertThat((long) file.bytes().length).isEqualTo(size);
  }
}
