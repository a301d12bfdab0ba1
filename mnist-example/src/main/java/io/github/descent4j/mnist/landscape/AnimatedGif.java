package io.github.descent4j.mnist.landscape;

import io.github.descent4j.mnist.data.WholeFile;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes an animated GIF that repeats for ever. A frame holds the rectangle that has changed since the one before it, and in it
 * nothing but the pixels that have: the rest is transparent.
 */
final class AnimatedGif {
  private static final String METADATA_FORMAT = "javax_imageio_gif_image_1.0";

  private AnimatedGif() {}

  /** Of frames of one size; delays are in hundredths of a second. */
  static void write(List<BufferedImage> frames, int delay, int lastDelay, Path file)
      throws IOException {
    WholeFile.write(file, bytes -> write(frames, delay, lastDelay, bytes));
  }

  private static void write(
      List<BufferedImage> frames, int delay, int lastDelay, OutputStream bytes) throws IOException {
    GifPalette palette = GifPalette.of(frames.get(frames.size() - 1));
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      BufferedImage before = null;
      for (int i = 0; i < frames.size(); i++) {
        BufferedImage frame = frames.get(i);
        Rectangle changed = changed(before, frame);
        BufferedImage indexed = palette.apply(before, frame, changed);
        IIOMetadata metadata =
            metadata(writer, indexed, changed, i == frames.size() - 1 ? lastDelay : delay, i == 0);
        writer.writeToSequence(new IIOImage(indexed, null, metadata), null);
        before = frame;
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
  }

  /** The smallest rectangle around all pixels that differ, of at least one pixel. */
  private static Rectangle changed(BufferedImage before, BufferedImage frame) {
    if (before == null) {
      return new Rectangle(frame.getWidth(), frame.getHeight());
    }
    int left = frame.getWidth();
    int right = 0;
    int top = frame.getHeight();
    int bottom = 0;
    for (int y = 0; y < frame.getHeight(); y++) {
      for (int x = 0; x < frame.getWidth(); x++) {
        if (before.getRGB(x, y) != frame.getRGB(x, y)) {
          left = Math.min(left, x);
          right = Math.max(right, x);
          top = Math.min(top, y);
          bottom = y;
        }
      }
    }
    return left > right
        ? new Rectangle(1, 1)
        : new Rectangle(left, top, right - left + 1, bottom - top + 1);
  }

  private static IIOMetadata metadata(
      ImageWriter writer, BufferedImage image, Rectangle place, int delay, boolean first)
      throws IOException {
    IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), null);
    IIOMetadataNode root = new IIOMetadataNode(METADATA_FORMAT);

    IIOMetadataNode descriptor = new IIOMetadataNode("ImageDescriptor");
    descriptor.setAttribute("imageLeftPosition", Integer.toString(place.x));
    descriptor.setAttribute("imageTopPosition", Integer.toString(place.y));
    descriptor.setAttribute("imageWidth", Integer.toString(place.width));
    descriptor.setAttribute("imageHeight", Integer.toString(place.height));
    descriptor.setAttribute("interlaceFlag", "FALSE");
    root.appendChild(descriptor);

    int transparent = ((IndexColorModel) image.getColorModel()).getTransparentPixel();
    IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "doNotDispose");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "TRUE");
    control.setAttribute("transparentColorIndex", Integer.toString(transparent));
    control.setAttribute("delayTime", Integer.toString(delay));
    root.appendChild(control);

    if (first) {
      IIOMetadataNode repeat = new IIOMetadataNode("ApplicationExtension");
      repeat.setAttribute("applicationID", "NETSCAPE");
      repeat.setAttribute("authenticationCode", "2.0");
      repeat.setUserObject(new byte[] {1, 0, 0});
      IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
      extensions.appendChild(repeat);
      root.appendChild(extensions);
    }
    metadata.mergeTree(METADATA_FORMAT, root);
    return metadata;
  }
}
