package io.github.descent4j.mnist.data;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a JPEG of four components says of them in its marker APP14 (Adobe, Technical Note 5116).
 *
 * @param isLight whether samples count light that is left, as with that marker, and not ink
 * @param isYcck whether the first three are luma and chroma
 */
record FourColours(boolean isLight, boolean isYcck) {
  private static final int JPEG = 0xffd8;
  private static final int APP14 = 0xffee;
  private static final int START_OF_SCAN = 0xffda;
  private static final int FIRST_FRAME = 0xffc0;
  private static final int LAST_FRAME = 0xffcf;

  /** Where, after a segment's length, these are. */
  private static final int TRANSFORM = 11;

  private static final int COMPONENTS = 5;
  private static final int YCCK = 2;
  private static final int MOST_SEGMENTS = 10_000;

  /** Nothing if the file is no JPEG, or has not four components. */
  static Optional<FourColours> of(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      if (in.length() < 4 || in.readUnsignedShort() != JPEG) {
        return Optional.empty();
      }
      boolean light = false;
      boolean ycck = false;
      boolean four = false;
      long at = 2;
      for (int i = 0; i < MOST_SEGMENTS && at + 4 <= in.length(); i++) {
        in.seek(at);
        int marker = in.readUnsignedShort();
        int length = in.readUnsignedShort();
        if (marker == START_OF_SCAN || marker < 0xff00 || length < 2) {
          break;
        }
        if (marker == APP14 && length > TRANSFORM + 2) {
          in.seek(at + 4 + TRANSFORM);
          light = true;
          ycck = in.read() == YCCK;
        } else if (isFrame(marker)) {
          in.seek(at + 4 + COMPONENTS);
          four = in.read() == 4;
        }
        at += 2 + length;
      }
      return four ? Optional.of(new FourColours(light, ycck)) : Optional.empty();
    }
  }

  /** Of the sixteen, three are tables and an extension. */
  private static boolean isFrame(int marker) {
    return marker >= FIRST_FRAME
        && marker <= LAST_FRAME
        && marker != 0xffc4
        && marker != 0xffc8
        && marker != 0xffcc;
  }
}
