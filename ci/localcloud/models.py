"""What moto calls the kinds of things whose state changes with time or looks."""

IMAGE = "ec2::image"
EXPORT_TASK = "ec2::exportimagetask"
STACK = "cloudformation::stack"
CHANGE_SET = "cloudformation::changeset"
MODELS = (IMAGE, EXPORT_TASK, STACK, CHANGE_SET)
