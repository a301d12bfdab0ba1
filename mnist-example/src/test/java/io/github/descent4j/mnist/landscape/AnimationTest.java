package io.github.descent4j.mnist.landscape;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Sgd;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnimationTest {
  private static final int[] COLORS = {0xFF0000, 0x00FF00, 0x0000FF};

  @TempDir
  private Path folder;

  /** A frame as it is stored. */
  private record Stored(BufferedImage image, int left, int top, int delay) {}

  @Test
  void framesComeBackWithTheirColoursAndDelays() throws IOException {
    BufferedImage first = filled(40, 30, COLORS[0]);
    BufferedImage second = copy(first);
    second.setRGB(20, 10, COLORS[1]);
    second.setRGB(22, 13, COLORS[2]);
    BufferedImage third = copy(second);
    Path file = folder.resolve("test.gif");
    AnimatedGif.write(List.of(first, second, third, second), 7, 250, file);

    List<Stored> frames = read(file);
    assertThat(frames).hasSize(4);
    assertThat(frames).extracting(Stored::delay).containsExactly(7, 7, 7, 250);
    assertThat(frames.get(0).image().getRGB(5, 5) & 0xFFFFFF).isEqualTo(COLORS[0]);
    Stored change = frames.get(1);
    assertThat(change.left()).isEqualTo(20);
    assertThat(change.top()).isEqualTo(10);
    assertThat(change.image().getWidth()).isEqualTo(3);
    assertThat(change.image().getHeight()).isEqualTo(4);
    assertThat(change.image().getRGB(0, 0)).isEqualTo(0xFF000000 | COLORS[1]);
    assertThat(change.image().getRGB(2, 3)).isEqualTo(0xFF000000 | COLORS[2]);
    assertThat(new Color(change.image().getRGB(1, 1), true).getAlpha()).isZero();
    assertThat(frames.get(2).image().getWidth()).isOne();
  }

  @Test
  void aPaletteTakesTheMostFrequentColoursAndTheNearestForOthers() throws IOException {
    BufferedImage image = new BufferedImage(300, 3, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 300; i++) {
      int color = new Color(i % 16 * 16, i / 16 * 12, 0).getRGB();
      int usual = i < 255 ? color : 0;
      image.setRGB(i, 0, color);
      image.setRGB(i, 1, usual);
      image.setRGB(i, 2, usual);
    }
    Path file = folder.resolve("palette.gif");
    AnimatedGif.write(List.of(image), 1, 1, file);
    BufferedImage stored = read(file).get(0).image();
    for (int i = 0; i < 300; i++) {
      Color wanted = new Color(image.getRGB(i, 0));
      Color found = new Color(stored.getRGB(i, 0));
      if (i < 255) {
        assertThat(found).isEqualTo(wanted);
      } else {
        // That of one or two rows before, or at their ends beside it.
        assertThat(Math.abs(wanted.getRed() - found.getRed())).isLessThanOrEqualTo(16);
        assertThat(wanted.getGreen() - found.getGreen()).isBetween(1, 48);
      }
    }
  }

  @Test
  void frameStepsBeginOneByOneAndEndWithTheLast() {
    List<Integer> steps = Animation.frameSteps(500);
    assertThat(steps)
        .startsWith(0, 1, 2, 3, 4, 5)
        .endsWith(500)
        .doesNotHaveDuplicates()
        .isSorted();
    assertThat(steps).hasSizeLessThan(100);
    assertThat(Animation.frameSteps(1)).containsExactly(0, 1);
  }

  @Test
  void theAnimationHasAFrameForEachOfItsSteps() throws IOException {
    List<Entrant> entrants = List.of(new Entrant("sgd", Sgd::new));
    List<Study> studies = new ArrayList<>();
    for (TestFunction function : List.of(TestFunction.QUADRATIC, TestFunction.SADDLE)) {
      studies.add(Study.of(function, entrants, 30));
    }
    List<Stored> frames = read(Animation.write(studies, folder));
    assertThat(frames).hasSameSizeAs(Animation.frameSteps(30));
    int width = frames.get(0).image().getWidth();
    assertThat(frames.get(0).image().getHeight()).isLessThan(width);
    // Each step of these moves something in both panels.
    assertThat(frames.get(5).image().getWidth()).isBetween(width / 4, width - 1);
  }

  private static List<Stored> read(Path file) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      List<Stored> frames = new ArrayList<>();
      for (int i = 0; i < reader.getNumImages(true); i++) {
        IIOMetadataNode root =
            (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
        frames.add(new Stored(
            reader.read(i),
            number(root, "ImageDescriptor", "imageLeftPosition"),
            number(root, "ImageDescriptor", "imageTopPosition"),
            number(root, "GraphicControlExtension", "delayTime")));
      }
      return frames;
    } finally {
      reader.dispose();
    }
  }

  private static int number(IIOMetadataNode root, String node, String attribute) {
    return Integer.parseInt(
        ((IIOMetadataNode) root.getElementsByTagName(node).item(0)).getAttribute(attribute));
  }

  private static BufferedImage filled(int width, int height, int color) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, color);
      }
    }
    return image;
  }

  private static BufferedImage copy(BufferedImage image) {
    BufferedImage copy =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    copy.setData(image.getData());
    return copy;
  }
}
